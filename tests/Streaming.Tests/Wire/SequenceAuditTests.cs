using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Tests;

public class SequenceAuditTests
{
    private readonly SequenceAudit audit = new();

    [Fact]
    public void Numbers_in_a_row_are_neither_missing_nor_doubled()
    {
        for (var n = 0; n < 5; n++) Assert.Equal((0L, false), audit.Take(2, SequenceAudit.Write("windower", 2, n)));
    }

    [Fact]
    public void Missing_numbers_are_counted()
    {
        audit.Take(2, "windower/2/4");
        Assert.Equal((3L, false), audit.Take(2, "windower/2/8"));
        Assert.Equal((0L, false), audit.Take(2, "windower/2/9"));
    }

    [Theory]
    [InlineData("windower/2/8")]
    [InlineData("windower/2/3")]
    public void A_number_that_comes_again_is_told(string again)
    {
        audit.Take(2, "windower/2/8");
        Assert.Equal((0L, true), audit.Take(2, again));
    }

    [Fact]
    public void Writers_and_partitions_have_sequences_of_their_own()
    {
        audit.Take(0, "a/0/7");
        Assert.Equal((0L, false), audit.Take(0, "b/0/3"));
        Assert.Equal((0L, false), audit.Take(1, "a/1/0"));
    }

    [Fact]
    public void A_sequence_spread_over_partitions_has_no_gaps_to_tell()
    {
        audit.Take(3, "importer/0/10");
        Assert.Equal((0L, false), audit.Take(3, "importer/0/15"));
        Assert.Equal((0L, true), audit.Take(3, "importer/0/15"));
    }

    [Fact]
    public void Who_starts_in_the_middle_or_goes_back_counts_from_there()
    {
        Assert.Equal((0L, false), audit.Take(0, "a/0/100"));
        audit.Forget(0);
        Assert.Equal((0L, false), audit.Take(0, "a/0/40"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("a/0/-1")]
    [InlineData("a/0/x")]
    public void What_is_no_number_is_left_alone(string? number)
    {
        audit.Take(0, "a/0/1");
        Assert.Equal((0L, false), audit.Take(0, number));
        Assert.Equal((0L, false), audit.Take(0, "a/0/2"));
    }
}
