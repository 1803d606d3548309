using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>Why broker tests are skipped, in words that help.</summary>
public sealed class BrokerSkipTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tppo-skip-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_folder_the_reason_says_how_to_run_them(string? none) => Assert.Equal(
        "needs a Kafka broker: set TPPO_TEST_KAFKA to a folder with Apache Kafka's `broker` script, e.g. ../shared/kafka", Broker.Reason(none, () => true));

    [Fact]
    public void A_folder_without_the_script_is_no_use() =>
        Assert.Contains("no `broker` in the folder", Broker.Reason(folder.FullName, () => true), StringComparison.Ordinal);

    [Fact]
    public void Without_Java_the_reason_names_it_and_with_it_there_is_none()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "broker"), "");
        Assert.Contains("Java 17", Broker.Reason(folder.FullName, () => false), StringComparison.Ordinal);
        Assert.Null(Broker.Reason(folder.FullName, () => true));
    }
}
