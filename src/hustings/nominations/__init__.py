"""Who stands: nominations, the local meetings behind them, and what is said of them."""
