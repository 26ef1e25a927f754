//! What was used last, kept for the next time.

use std::cell::RefCell;
use std::rc::Rc;

use crate::Result;

/// So many things at most, the one that was used last first.
pub(crate) struct Recent<T> {
    kept: RefCell<Vec<Rc<T>>>,
    most: usize,
}

impl<T> Recent<T> {
    /// Nothing yet.
    pub fn new(most: usize) -> Self {
        Self { kept: RefCell::default(), most }
    }

    /// The newest that is meant, which is the last used then.
    pub fn find(&self, is_meant: impl Fn(&T) -> bool) -> Option<Rc<T>> {
        let mut kept = self.kept.borrow_mut();
        let at = kept.iter().position(|item| is_meant(item))?;
        kept[..=at].rotate_right(1);
        kept.first().cloned()
    }

    /// Keeps another one; the one that was not used for longest goes for it.
    pub fn add(&self, item: T) -> Rc<T> {
        let item = Rc::new(item);
        let mut kept = self.kept.borrow_mut();
        kept.insert(0, item.clone());
        kept.truncate(self.most);
        item
    }

    /// The one that is meant, found or made.
    ///
    /// # Errors
    /// Those of the making.
    pub fn find_or_add(
        &self,
        is_meant: impl Fn(&T) -> bool,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<Rc<T>> {
        match self.find(is_meant) {
            Some(found) => Ok(found),
            None => self.make(make),
        }
    }

    // By itself: engines compile a function whole once it ran often, and what finds need not bring what makes.
    #[inline(never)]
    fn make(&self, make: impl FnOnce() -> Result<T>) -> Result<Rc<T>> {
        Ok(self.add(make()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_that_was_not_used_for_longest_goes() -> Result<()> {
        let recent = Recent::new(2);
        let made = |value: i32| recent.find_or_add(|kept| *kept == value, || Ok(value)).map(|kept| *kept);
        assert_eq!((made(1)?, made(2)?, made(1)?, made(3)?), (1, 2, 1, 3));
        assert_eq!(recent.find(|kept| *kept == 2), None);
        assert_eq!(recent.find(|kept| *kept == 1).as_deref(), Some(&1));
        Ok(())
    }
}
