using System.Numerics;
using CsCheck;
using Tppo.Core.Numerics;
using Tppo.Core.Statistics;

namespace Tppo.Core.Tests;

public class NumericsTests
{
    private const double Precision = 4e-15;

    [Fact]
    public void The_generator_gives_the_same_draws_on_every_machine_and_in_every_version()
    {
        var random = SeededRandom.For("test", 1, "a", "b");
        Assert.Equal([1422876756371171204UL, 8073933559506748750UL, 5028178674944237459UL], [random.NextUInt64(), random.NextUInt64(), random.NextUInt64()]);
    }

    [Fact]
    public void The_draws_are_those_of_xoshiro256_starstar_from_the_digest()
    {
        var state = new ulong[4];
        var bytes = Digest.Sha256("test", "1", "a", "b");
        for (var i = 0; i < 4; i++) state[i] = BitConverter.ToUInt64(bytes, 8 * i);
        state[3] |= 1;
        var random = SeededRandom.For("test", 1, "a", "b");
        for (var draw = 0; draw < 100; draw++)
        {
            Assert.Equal(BitOperations.RotateLeft(state[1] * 5, 7) * 9, random.NextUInt64());
            var shifted = state[1] << 17;
            state[2] ^= state[0];
            state[3] ^= state[1];
            state[1] ^= state[2];
            state[0] ^= state[3];
            state[2] ^= shifted;
            state[3] = BitOperations.RotateLeft(state[3], 45);
        }
    }

    [Fact]
    public void Streams_are_told_apart_by_purpose_seed_and_keys()
    {
        ulong[] firsts =
        [
            SeededRandom.For("a", 1).NextUInt64(), SeededRandom.For("b", 1).NextUInt64(), SeededRandom.For("a", 2).NextUInt64(),
            SeededRandom.For("a", 1, "k").NextUInt64(), SeededRandom.For("a", 1, "k", "l").NextUInt64(),
        ];
        Assert.Equal(5, firsts.Distinct().Count());
    }

    [Fact]
    public void Draws_are_spread_as_their_distributions_say()
    {
        const int n = 100_000;
        var random = SeededRandom.For("spread", 3);
        var counts = new int[7];
        double uniform = 0, normal = 0, squares = 0, exponential = 0, weighted = 0;
        for (var i = 0; i < n; i++)
        {
            counts[random.NextInt(7)]++;
            uniform += random.NextDouble() / n;
            var gaussian = random.NextGaussian();
            normal += gaussian / n;
            squares += gaussian * gaussian / n;
            exponential += random.NextExponential(2) / n;
            weighted += random.NextIndex([1, 0, 3]) / (double)n;
        }

        // 5 standard errors each.
        Assert.All(counts, c => Assert.InRange(c, (n / 7) - 555, (n / 7) + 555));
        Assert.InRange(uniform, 0.4954, 0.5046);
        Assert.InRange(normal, -0.016, 0.016);
        Assert.InRange(squares, 0.977, 1.023);
        Assert.InRange(exponential, 1.968, 2.032);
        Assert.InRange(weighted, 1.486, 1.514);
    }

    [Fact]
    public void Singles_and_doubles_stay_below_one_and_bounds_must_be_positive()
    {
        var random = SeededRandom.For("range", 1);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.InRange(random.NextSingle(), 0f, MathF.BitDecrement(1f));
            Assert.InRange(random.NextDouble(), 0.0, Math.BitDecrement(1.0));
            Assert.Equal(0, random.NextInt(1));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt(0));
    }

    [Fact]
    public void A_shuffle_and_a_whole_sample_are_permutations_and_a_sample_has_no_item_twice() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40], Gen.Int).Sample((size, take, seed) =>
        {
            var random = SeededRandom.For("permutation", seed);
            int[] items = [.. Enumerable.Range(0, size)];
            var shuffled = items.ToArray();
            random.Shuffle<int>(shuffled);
            var sample = random.Sample<int>(items, Math.Min(take, size));
            return shuffled.Order().SequenceEqual(items) && sample.Length == Math.Min(take, size) && sample.Distinct().Count() == sample.Length
                && random.Sample<int>(items, size).Order().SequenceEqual(items);
        });

    [Fact]
    public void A_shuffle_favours_no_order()
    {
        var random = SeededRandom.For("orders", 1);
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < 60_000; i++)
        {
            var items = "abc".ToCharArray();
            random.Shuffle<char>(items);
            counts[new string(items)] = counts.GetValueOrDefault(new string(items)) + 1;
        }

        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, c => Assert.InRange(c, 9_540, 10_460));
    }

    [Fact]
    public void Portable_log_and_exp_agree_with_the_platforms() =>
        Gen.Select(Gen.Double[-700, 700], Gen.Double[-1, 1]).Sample((x, y) =>
            Near(Math.Exp(x), PortableMath.Exp(x)) && Near(Math.Exp(y), PortableMath.Exp(y))
            && Near(Math.Log(Math.Exp(x)), PortableMath.Log(Math.Exp(x))) && Near(Math.Log(1 + y + 1e-9), PortableMath.Log(1 + y + 1e-9)));

    [Fact]
    public void Portable_pow_agrees_with_the_platforms() =>
        Gen.Select(Gen.Double[0.1, 10], Gen.Double[-2, 2]).Sample((x, y) => Near(Math.Pow(x, y), PortableMath.Pow(x, y)));

    [Fact]
    public void Portable_functions_keep_to_the_ends_of_their_ranges()
    {
        Assert.True(double.IsNaN(PortableMath.Log(-1)));
        Assert.True(double.IsNaN(PortableMath.Exp(double.NaN)));
        Assert.Equal(double.NegativeInfinity, PortableMath.Log(0));
        Assert.Equal(double.PositiveInfinity, PortableMath.Log(double.PositiveInfinity));
        Assert.Equal(0, PortableMath.Log(1));
        Assert.Equal(1, PortableMath.Exp(0));
        Assert.Equal(0, PortableMath.Exp(-1000));
        Assert.Equal(double.PositiveInfinity, PortableMath.Exp(710));
        Assert.True(Near(Math.Log(double.Epsilon), PortableMath.Log(double.Epsilon)));
        Assert.True(Near(Math.Log(double.MaxValue), PortableMath.Log(double.MaxValue)));
    }

    [Fact]
    public void Wilson_ends_lie_within_0_and_1_around_the_rate_and_narrow_with_n()
    {
        for (var n = 1; n < 60; n++)
        {
            for (var k = 0; k <= n; k++)
            {
                var interval = Wilson.Of(k, n);
                Assert.True(interval.Low >= 0 && interval.Low <= interval.Value && interval.Value <= interval.High && interval.High <= 1, $"{k} of {n}");
            }
        }

        Assert.Equal(0, Wilson.Of(0, 10).Low);
        Assert.Equal(1, Wilson.Of(10, 10).High);
        Assert.True(double.IsNaN(Wilson.Of(0, 0).Value));
        Assert.True(Wilson.Of(500, 1000).High - Wilson.Of(500, 1000).Low < 0.1 * (Wilson.Of(5, 10).High - Wilson.Of(5, 10).Low) * 1.3);
        Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Of(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Of(-1, 2));
    }

    [Fact]
    public void Digests_join_their_parts_by_a_line_feed()
    {
        Assert.Equal(Digest.Sha256Hex("a\nb"), Digest.Sha256Hex("a", "b"));
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Digest.Sha256Hex(""));
        Assert.Equal(
            Digest.Sha256Hex(new string('x', 5000)),
            Digest.Hex(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(new string('x', 5000)))));
        Assert.NotEqual(Digest.Seed(1, "policy", "1"), Digest.Seed(1, "policy", "2"));
        Assert.InRange(Digest.Seed(-5, "x"), 0, long.MaxValue);
    }

    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) <= Precision * Math.Max(Math.Abs(expected), 1e-300);
}
