using System.Globalization;
using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Tests;

public class Murmur2Tests
{
    private static readonly int[] PartitionCounts = [3, 6, 12, 64];

    [Fact]
    public void Hashes_and_partitions_are_those_of_the_Java_client()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Data", "murmur2_cases.tsv")).Skip(1).ToArray();
        Assert.Equal(60, lines.Length);
        foreach (var line in lines)
        {
            var fields = line.Split('\t');
            var key = Convert.FromHexString(fields[0]);
            Assert.Equal(int.Parse(fields[1], CultureInfo.InvariantCulture), Murmur2.Hash(key));
            Assert.Equal(fields[2..].Select(f => int.Parse(f, CultureInfo.InvariantCulture)), PartitionCounts.Select(n => Murmur2.Partition(key, n)));
        }
    }

    [Fact]
    public void No_partitions_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Murmur2.Partition("k"u8, 0));
}
