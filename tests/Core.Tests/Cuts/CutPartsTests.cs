using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Tppo.Core.Cuts;
using Tppo.Core.Numerics;

namespace Tppo.Core.Tests;

public class CutPartsTests
{
    [Fact]
    public void The_smallest_by_hash_are_those_of_sorting_all_and_taking_n_whatever_the_order_in_which_they_come() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 20], Gen.Int).Sample((items, take, seed) =>
        {
            string[] ids = [.. Enumerable.Range(0, items).Select(i => $"row {i}")];
            SeededRandom.For("order", seed).Shuffle<string>(ids);
            var smallest = new SmallestByHash<string>(take, seed);
            foreach (var id in ids) smallest.Offer(id, () => id);
            var expected = ids.OrderBy(id => Digest.Sha256Hex(FormattableString.Invariant($"{seed}"), id), StringComparer.Ordinal).Take(take);
            return expected.SequenceEqual(smallest.Taken());
        });

    [Fact]
    public void An_item_that_is_not_kept_is_not_asked_for()
    {
        var asked = 0;
        var smallest = new SmallestByHash<int>(2, 1);
        foreach (var i in Enumerable.Range(0, 1000).OrderBy(i => Digest.Sha256Hex("1", $"{i}"), StringComparer.Ordinal)) smallest.Offer($"{i}", () => ++asked);
        Assert.Equal(2, asked);
    }

    [Fact]
    public void A_record_is_known_by_its_id_and_the_hash_of_its_value()
    {
        byte[] value = [1, 2, 3];
        var expected = Convert.ToHexStringLower(SHA256.HashData([.. "id"u8, .. SHA256.HashData(value)]));
        Assert.Equal(expected, RecordHash.Of("id", value));
        var longId = new string('é', 200);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(longId), .. SHA256.HashData(value)])), RecordHash.Of(longId, value));
    }

    [Fact]
    public void A_digest_depends_on_the_order_and_a_sorted_one_does_not()
    {
        string[] hashes = [RecordHash.Of("a", [1]), RecordHash.Of("b", [2]), RecordHash.Of("c", [3])];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. hashes.SelectMany(Convert.FromHexString)])), RecordHash.Digest(hashes));
        Assert.NotEqual(RecordHash.Digest(hashes), RecordHash.Digest(hashes.Reverse()));
        Assert.Equal(RecordHash.SortedDigest(hashes), RecordHash.SortedDigest(hashes.Reverse()));
        Assert.NotEqual(RecordHash.SortedDigest(hashes), RecordHash.SortedDigest(hashes[..2]));
    }
}
