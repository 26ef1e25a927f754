//! The bytes of a file.

use crate::random::Random;

/// Changes some bytes.
pub fn mutate(file: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(3) {
        let at = random.below(file.len());
        match random.below(8) {
            0 => file.truncate(at),
            1 => {
                let more: Vec<_> = (0..random.below(12)).map(|_| random.next() as u8).collect();
                drop(file.splice(at..at, more));
            }
            2 => {
                let end = (at + random.below(12)).min(file.len());
                drop(file.drain(at..end));
            }
            // A number as long as 64 bits, or longer.
            3 => {
                let length = random.below(11);
                drop(file.splice(at..(at + 1).min(file.len()), vec![0xff; length]));
            }
            4 => {
                let end = (at + random.below(64)).min(file.len());
                let part = file[at..end].to_vec();
                let place = random.below(file.len());
                drop(file.splice(place..place, part));
            }
            _ => file.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
        }
    }
}
