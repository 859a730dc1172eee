"""What must hold: properties, exhaustive exploration, exact time bounds, random cases."""
