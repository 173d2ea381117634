"""What exists in this Discord and how it changes. No HTTP; knows no message's rules, no interaction, neither face."""
