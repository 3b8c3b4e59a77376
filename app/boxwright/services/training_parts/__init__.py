"""Adding the packages that training needs to the Python that runs this program."""
