//! Which inputs of a few positions are not zero.

use super::tile::ROWS;

/// The least share of inputs that have to be zero for it to be worth leaving them out: listing costs a little.
const LEAST_ZEROS: f32 = 0.1;

/// For each four positions the inputs that are not zero in all of them, and their values.
#[derive(Debug, Default)]
pub struct Columns {
    /// Those beyond the rows keep their memory.
    tiles: Vec<Vec<(usize, [f32; ROWS])>>,
    rows: usize,
}

impl Columns {
    /// Lists those of so many rows of `covered` inputs. Answers whether it is worth it.
    pub fn collect<'a>(&mut self, rows: usize, covered: usize, row: impl Fn(usize) -> &'a [f32]) -> bool {
        self.rows = rows;
        let used = rows.div_ceil(ROWS);
        self.tiles.resize_with(used.max(self.tiles.len()), Vec::new);
        for (tile, list) in self.tiles.iter_mut().take(used).enumerate() {
            // The last tile repeats its last row.
            let rows: [&[f32]; ROWS] = std::array::from_fn(|at| row((tile * ROWS + at).min(rows - 1)));
            collect_tile(&rows, list);
        }
        let present: usize = self.of_tiles().map(<[_]>::len).sum();
        present as f32 <= (1.0 - LEAST_ZEROS) * (used * covered) as f32
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The lists.
    pub fn of_tiles(&self) -> impl Iterator<Item = &[(usize, [f32; ROWS])]> {
        self.tiles.iter().take(self.rows.div_ceil(ROWS)).map(Vec::as_slice)
    }
}

/// Lists those of a tile. Each column is written behind the list, which grows if the column is not zero: a branch
/// that nobody can foresee would take longer.
// A function of its own, small, for browsers' compilers.
#[inline(never)]
fn collect_tile(rows: &[&[f32]; ROWS], list: &mut Vec<(usize, [f32; ROWS])>) {
    let covered = rows[0].len();
    let rows = rows.map(|row| &row[..covered]);
    list.resize(covered, (0, [0.0; ROWS]));
    let mut present = 0;
    for at in 0..covered {
        let column = rows.map(|row| row[at]);
        list[present] = (at, column);
        present += usize::from(column != [0.0; ROWS]);
    }
    list.truncate(present);
}
