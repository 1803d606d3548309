namespace Tppo.Architecture.Tests;

public class StreamingTests
{
    private static readonly IReadOnlyList<SourceFile> Files = Repository.Sources("src/Streaming");

    [Fact]
    public void The_folders_of_Streaming_know_each_other_as_the_table_says_and_no_more() =>
        Assert.Empty(StreamingArrows.Differences(StreamingArrows.Of(Files)));

    [Fact]
    public void The_table_has_no_way_back()
    {
        // Folders whose own are all gone may go; what cannot go is a circle.
        var left = StreamingArrows.Table.ToDictionary();
        while (left.Keys.FirstOrDefault(f => !left[f].Any(left.ContainsKey)) is { } floor) left.Remove(floor);
        Assert.Empty(left.Keys);
    }

    [Fact]
    public void The_backends_do_not_know_each_other_and_nothing_below_knows_a_backend()
    {
        static bool IsKafka(string folder) => folder.Split('.')[0] == "Kafka";
        Assert.DoesNotContain(StreamingArrows.Table["Embedded"], IsKafka);
        Assert.DoesNotContain(StreamingArrows.Table.Where(t => IsKafka(t.Key)).SelectMany(t => t.Value), f => f == "Embedded");
        string[] below = ["Log", "Codecs", "Wire", "Records", "Faults", "Rocks"];
        Assert.DoesNotContain(below.SelectMany(f => StreamingArrows.Table[f]), f => f == "Embedded" || IsKafka(f));
    }

    [Theory]
    [InlineData("Log", "using Tppo.Streaming.Wire;", "Log knows Wire, which is not allowed")]
    [InlineData("Embedded", "using Tppo.Streaming.Kafka.Native;", "Embedded knows Kafka.Native, which is not allowed")]
    [InlineData("Kafka/Native", "using Tppo.Streaming.Kafka.Steps;", "Kafka.Native knows Kafka.Steps, which is not allowed")]
    [InlineData("Kafka/Cluster", "internal class X { Tppo.Streaming.Embedded.EmbeddedLog? log; }", "Kafka.Cluster knows Embedded, which is not allowed")]
    [InlineData("Kafka/Steps", "internal class X { KafkaLog? log; }", "Kafka.Steps knows Kafka, which is not allowed")]
    [InlineData("Utilities", "internal class X;", "Utilities: in the tree, not in the table")]
    public void A_planted_arrow_is_reported(string folder, string code, string expected)
    {
        var planted = new SourceFile($"src/Streaming/{folder}/Planted.cs", $"namespace Tppo.Streaming.{folder.Replace('/', '.')};\n{code}\n");
        Assert.Equal([expected], StreamingArrows.Differences(StreamingArrows.Of([.. Files, planted])));
    }

    [Fact]
    public void An_arrow_or_a_folder_that_went_is_reported()
    {
        var without = Files.Where(f => f.Path != "src/Streaming/Kafka/Steps/FaultyProducer.cs");
        Assert.Equal(["Kafka.Steps knows Faults no more, which the table has"], StreamingArrows.Differences(StreamingArrows.Of(without)));
        Assert.Contains(
            "Rocks: in the table, not in the tree",
            StreamingArrows.Differences(StreamingArrows.Of(Files.Where(f => !f.Path.Contains("/Rocks/", StringComparison.Ordinal)))));
    }

    [Fact]
    public void A_comment_or_a_text_of_another_folder_is_no_arrow()
    {
        var planted = new SourceFile(
            "src/Streaming/Log/Planted.cs", "namespace Tppo.Streaming.Log;\n// KafkaLog, Tppo.Streaming.Wire.KeyCache\ninternal class X;\n");
        Assert.Empty(StreamingArrows.Differences(StreamingArrows.Of([.. Files, planted])));
    }
}
