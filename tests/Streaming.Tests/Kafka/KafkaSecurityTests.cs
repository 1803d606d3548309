using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Tests;

public sealed class KafkaSecurityTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tppo-security-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Keys_are_read_and_secrets_come_from_files_beside()
    {
        File.WriteAllText(Path.Combine(folder, "secret"), "p=ss word\n");
        var security = Read("# comment\n\nsecurity.protocol = SASL_SSL\nsasl.mechanism=PLAIN\nsasl.username=tppo\nsasl.password.file=secret\n");
        Assert.Equal("SASL_SSL", security.Settings["security.protocol"]);
        Assert.Equal("p=ss word", security.Settings["sasl.password"]);
        Assert.Equal(4, security.Settings.Count);
        Assert.Equal("SASL_SSL", security.ToString());
    }

    [Theory]
    [InlineData("sasl.password=hunter2\nnonsense", ":2: expected key=value")]
    [InlineData("sasl.password=hunter2\nsasl.pasword=hunter2", ":2: unknown key 'sasl.pasword'")]
    [InlineData("sasl.password=hunter2\nsasl.password=hunter2", ":2: sasl.password: expected once, found again")]
    [InlineData("ssl.ca.location=nowhere.pem", "nowhere.pem: no such file")]
    [InlineData("sasl.password.file=nowhere", "nowhere: no such file")]
    [InlineData("bootstrap.servers=x:1", ":1: unknown key 'bootstrap.servers'")]
    public void What_cannot_be_used_is_told_in_one_line_without_its_value(string text, string told)
    {
        var refused = Assert.Throws<LogException>(() => Read(text));
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private KafkaSecurity Read(string text)
    {
        var file = Path.Combine(folder, "client.properties");
        File.WriteAllText(file, text);
        return KafkaSecurity.Read(file);
    }
}
