//! The gateway as a whole process sees it: killed, on small disks.

mod meter;
