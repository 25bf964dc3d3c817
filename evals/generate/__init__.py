"""Cases made from any text: each file plants, changes or removes one kind of thing."""
