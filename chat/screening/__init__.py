"""The parts of the screen: words, concepts, context, measures, rules."""
