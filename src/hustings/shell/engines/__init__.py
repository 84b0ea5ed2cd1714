"""Large files of ballots, reduced: how many papers bear each pattern of marks, and where."""
