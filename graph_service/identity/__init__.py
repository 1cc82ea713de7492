"""Who is who: mentions gathered under names, names joined into authors, decisions that overrule."""
