//! The declaration of a table.

/// Declares a table of a projection and the struct of its rows.
///
/// ```
/// leasehold_store::table! {
///     /// One room of a house.
///     pub struct Room in "room", key [house, number], indexes [[colour]] {
///         /// The house.
///         house: String,
///         /// Its number in the house.
///         number: u32,
///         /// Its colour, where it was painted.
///         colour: Option<String>,
///     }
/// }
/// # use leasehold_store::journal::rows::Row;
/// assert_eq!(Room::TABLE.key, ["house", "number"]);
/// ```
///
/// The words of each comment are the table's and the column's description in the database's
/// documentation.
#[macro_export]
macro_rules! table {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident in $table:literal,
        key [$($key:ident),+ $(,)?],
        indexes [$([$($index:ident),+ $(,)?]),* $(,)?]
        {
            $($(#[doc = $column_about:literal])+ $column:ident: $type:ty),+ $(,)?
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $($(#[doc = $column_about])+ pub $column: $type,)+
        }

        impl $crate::journal::rows::Row for $name {
            const TABLE: &'static $crate::journal::rows::Table = &$crate::journal::rows::Table {
                name: $table,
                about: ::core::concat!($($about),+),
                columns: &[$($crate::journal::rows::Column {
                    name: ::core::stringify!($column),
                    kind: <$type as $crate::journal::rows::Field>::KIND,
                    nullable: <$type as $crate::journal::rows::Field>::NULLABLE,
                    about: ::core::concat!($($column_about),+),
                }),+],
                key: &[$(::core::stringify!($key)),+],
                indexes: &[$(&[$(::core::stringify!($index)),+]),*],
            };

            fn values(&self) -> ::std::vec::Vec<$crate::journal::Value> {
                ::std::vec![$($crate::journal::rows::Field::to_value(&self.$column)),+]
            }

            fn from_values(
                values: ::std::vec::Vec<$crate::journal::Value>,
            ) -> ::core::result::Result<Self, $crate::journal::JournalError> {
                let mut cells = values.into_iter();
                ::core::result::Result::Ok($name {
                    $($column: $crate::journal::rows::Field::from_cell(
                        cells.next(),
                        ::core::stringify!($column),
                    )?,)+
                })
            }
        }
    };
}
