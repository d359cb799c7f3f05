//! Draws from distributions that give the same numbers on every machine.
//!
//! The standard library's `exp` and `ln` are the platform's and may differ in their last digit.
//! Those here use only operations that IEEE 754 fixes to the last bit (sums, products, quotients,
//! square roots), so that a seed means the same jobs everywhere. They are right to about 1e-15.

#![allow(clippy::float_arithmetic, reason = "statistics: no money, date or entitlement is here")]

use leasehold_types::Random;
use rand::Rng;

const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
const EXP_MAX: f64 = 700.0;
const TWO_TO_MINUS_53: f64 = 1.0 / 9_007_199_254_740_992.0;

/// The exponential, held within e^-700 and e^700.
pub fn exp(x: f64) -> f64 {
    let x = x.clamp(-EXP_MAX, EXP_MAX);
    let halves = (x / std::f64::consts::LN_2).round();
    let rest = (x - halves * LN_2_HIGH) - halves * LN_2_LOW;
    let (mut term, mut sum) = (1.0, 1.0);
    for i in 1..=18 {
        term = term * rest / f64::from(i);
        sum += term;
    }
    // The exponent lies within ±1,011 and is a normal number's.
    let bits = (1_023 + halves as i64).unsigned_abs() << 52;
    sum * f64::from_bits(bits)
}

/// The natural logarithm of a positive, normal number.
pub fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = (bits >> 52) as i64 - 1_023;
    let mut mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1;
    }
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let mut sum = 0.0;
    for i in (0..=10).rev() {
        sum = sum * square + 1.0 / f64::from(2 * i + 1);
    }
    let exponent = exponent as f64;
    exponent * LN_2_HIGH + (2.0 * s * sum + exponent * LN_2_LOW)
}

/// Evenly between 0 and 1, without 0.
pub fn uniform(random: &mut Random) -> f64 {
    ((random.next_u64() >> 11) + 1) as f64 * TWO_TO_MINUS_53
}

/// Standard normal, by Marsaglia's polar method.
pub fn normal(random: &mut Random) -> f64 {
    loop {
        let (u, v) = (2.0 * uniform(random) - 1.0, 2.0 * uniform(random) - 1.0);
        let square = u * u + v * v;
        if square > 0.0 && square < 1.0 {
            return u * (-2.0 * ln(square) / square).sqrt();
        }
    }
}

/// Exponential with mean 1.
pub fn exponential(random: &mut Random) -> f64 {
    -ln(uniform(random))
}

/// Gamma with mean `shape` and variance `shape`, by Marsaglia and Tsang's method.
pub fn gamma(random: &mut Random, shape: f64) -> f64 {
    if shape <= 0.0 {
        return 0.0;
    }
    if shape < 1.0 {
        let power = exp(ln(uniform(random)) / shape);
        return gamma(random, shape + 1.0) * power;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(random);
        let v = 1.0 + c * x;
        if v <= 0.0 {
            continue;
        }
        let v = v * v * v;
        if ln(uniform(random)) < 0.5 * x * x + d - d * v + d * ln(v) {
            return d * v;
        }
    }
}

/// Means up to which a Poisson number is drawn by multiplying uniforms.
const POISSON_SMALL: f64 = 10.0;

/// Poisson with mean `mean`: by multiplication where it is small, else by Hörmann's transformed
/// rejection (PTRS, 1993).
pub fn poisson(random: &mut Random, mean: f64) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    if mean < POISSON_SMALL {
        let (limit, mut product, mut count) = (exp(-mean), uniform(random), 0);
        while product > limit {
            product *= uniform(random);
            count += 1;
        }
        return count;
    }
    let b = 0.931 + 2.53 * mean.sqrt();
    let a = -0.059 + 0.024_83 * b;
    let inverse_alpha = 1.123_9 + 1.132_8 / (b - 3.4);
    let v_r = 0.927_7 - 3.622_4 / (b - 2.0);
    loop {
        let (u, v) = (uniform(random) - 0.5, uniform(random));
        let us = 0.5 - u.abs();
        if us <= 0.0 {
            continue;
        }
        let k = ((2.0 * a / us + b) * u + mean + 0.43).floor();
        if us >= 0.07 && v <= v_r {
            return k as u64;
        }
        if k < 0.0 || (us < 0.013 && v > us) {
            continue;
        }
        let bound = k * ln(mean) - mean - ln_factorial(k);
        if ln(v * inverse_alpha / (a / (us * us) + b)) <= bound {
            return k as u64;
        }
    }
}

/// The logarithm of `k!`: summed where `k` is small, else by Stirling's series.
fn ln_factorial(k: f64) -> f64 {
    if k < 10.0 {
        let (mut product, mut i) = (1.0, 2.0);
        while i <= k {
            product *= i;
            i += 1.0;
        }
        return ln(product);
    }
    const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_7;
    let inverse = 1.0 / k;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1_260.0));
    (k + 0.5) * ln(k) - k + HALF_LN_TWO_PI + series
}

#[cfg(test)]
mod tests {
    use leasehold_types::Seed;

    use super::*;

    #[test]
    fn exp_and_ln_are_right_to_the_last_digits() {
        for i in -6_000..6_000 {
            let x = f64::from(i) / 10.0;
            let relative = (exp(x) / x.exp() - 1.0).abs();
            assert!(relative < 4e-15, "exp {x}: {relative}");
            let y = x.exp();
            assert!((ln(y) - y.ln()).abs() <= 4e-16 * y.ln().abs().max(1.0), "ln {y}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(ln(1.0), 0.0);
    }

    /// Mean and variance of many draws.
    fn moments(mut draw: impl FnMut(&mut Random) -> f64) -> (f64, f64) {
        let mut random = Seed(11).stream("moments");
        let n = 200_000;
        let draws: Vec<f64> = (0..n).map(|_| draw(&mut random)).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(n);
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n);
        (mean, variance)
    }

    #[test]
    fn draws_have_the_moments_of_their_laws() {
        let close = |found: (f64, f64), mean: f64, variance: f64| {
            let error = (variance / 200_000.0).sqrt();
            assert!((found.0 - mean).abs() < 5.0 * error, "mean {} of {mean}", found.0);
            assert!((found.1 / variance - 1.0).abs() < 0.03, "variance {} of {variance}", found.1);
        };
        close(moments(normal), 0.0, 1.0);
        close(moments(uniform), 0.5, 1.0 / 12.0);
        close(moments(exponential), 1.0, 1.0);
        for shape in [0.3, 1.0, 7.5, 900.0] {
            close(moments(|random| gamma(random, shape)), shape, shape);
        }
        for mean in [0.02, 3.0, 9.99, 10.0, 47.0, 640_000.0] {
            close(moments(|random| poisson(random, mean) as f64), mean, mean);
        }
    }

    #[test]
    fn poisson_has_the_right_shape_on_both_sides_of_the_change_of_method() {
        for mean in [9.5, 10.5] {
            let mut random = Seed(3).stream("poisson");
            let mut counts = [0u32; 40];
            for _ in 0..200_000 {
                counts[usize::try_from(poisson(&mut random, mean)).unwrap().min(39)] += 1;
            }
            let mut chance = exp(-mean);
            for (k, count) in counts.iter().enumerate().take(25) {
                let expected = chance * 200_000.0;
                assert!((f64::from(*count) - expected).abs() < 5.0 * expected.sqrt() + 5.0, "{k}");
                chance *= mean / (k as f64 + 1.0);
            }
        }
    }

    #[test]
    fn a_seed_means_these_numbers_everywhere() {
        let mut random = Seed(1).stream("fixed");
        let drawn = (normal(&mut random), gamma(&mut random, 2.5), poisson(&mut random, 50.0));
        insta::assert_debug_snapshot!(drawn, @r"
        (
            -0.9183972350587905,
            0.6466528818113588,
            58,
        )
        ");
    }
}
