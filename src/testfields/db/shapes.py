"""What ``db/shapes.sql`` has of `core.shapes`."""

from testfields.core.shapes import METRES_PER_DEGREE, TOLERANCE_M
from testfields.db.sets import a_number

SQL = a_number("tolerance_m", TOLERANCE_M) + a_number("metres_per_degree", METRES_PER_DEGREE)
