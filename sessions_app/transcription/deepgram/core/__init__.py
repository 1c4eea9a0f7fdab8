"""What needs neither socket nor clock."""
