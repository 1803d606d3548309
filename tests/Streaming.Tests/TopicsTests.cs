using Tppo.Core.Log;

namespace Tppo.Streaming.Tests;

public class TopicsTests
{
    [Theory]
    [InlineData(Topics.Search, true, Cleanup.Delete, 30)]
    [InlineData(Topics.Late, true, Cleanup.Delete, 30)]
    [InlineData("ingest.dlq.v1", true, Cleanup.Delete, 30)]
    [InlineData("trial.search.v1", true, Cleanup.Delete, 30)]
    [InlineData(Topics.Timeline, true, Cleanup.Delete, null)]
    [InlineData(Topics.Rollouts, true, Cleanup.Delete, null)]
    [InlineData("trial.cuts.v1", false, Cleanup.Delete, null)]
    [InlineData(Topics.WindowState, true, Cleanup.Compact, null)]
    [InlineData(Topics.Erasures, true, Cleanup.Compact, null)]
    public void A_topic_is_laid_out_as_the_table_says(string name, bool keyed, Cleanup cleanup, int? days)
    {
        var spec = Topics.Find(name);
        Assert.Equal(new TopicSpec(name, keyed, cleanup, days is { } d ? TimeSpan.FromDays(d) : null), spec);
        Assert.Equal(keyed ? 7 : 1, spec.Partitions(7));
    }

    [Theory]
    [InlineData("search.v2")]
    [InlineData("research.v1")]
    [InlineData(".search.v1")]
    [InlineData(".dlq.v1")]
    [InlineData("a b.search.v1")]
    public void An_unknown_name_is_refused_by_name(string name) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => Topics.Find(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_are_unique_and_dead_letters_are_named_by_service()
    {
        Assert.Equal(16, Topics.All.Select(t => t.Name).Distinct().Count());
        Assert.Equal("labeler.dlq.v1", Topics.DeadLetters("labeler"));
    }
}
