using System.Diagnostics;
using Tppo.Core.Log;
using Tppo.Streaming.Kafka;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>PLAIN, SCRAM and mutual TLS against a broker that asks for them: the right secret works, a wrong one is one line without it.</summary>
[Collection(Broker.Collection)]
[Trait(Broker.Trait, Broker.Collection)]
public sealed class SecureBrokerTests : IDisposable
{
    private readonly SecureBroker broker = new();

    public void Dispose() => broker.Dispose();

    [Fact]
    public void Each_way_to_say_who_one_is_reads_and_writes_and_a_wrong_secret_is_a_line()
    {
        broker.Write("wrong", "n0t-the-secret");
        foreach (var mechanism in new[] { "PLAIN", "SCRAM-SHA-512" })
        {
            AssertWorks(broker.Sasl, Sasl(mechanism, "password"));
            AssertRefused(broker.Sasl, Sasl(mechanism, "wrong"), "n0t-the-secret", "not let in: ");
        }

        AssertWorks(broker.MutualTls, Tls("client"));
        AssertRefused(broker.MutualTls, Tls("stranger"), "PRIVATE KEY", "not let in: ");
        // No secret at all.
        AssertRefused(broker.MutualTls, broker.Write("anonymous.properties", "security.protocol=SSL", "ssl.ca.location=ca.crt"), "PRIVATE KEY", "not let in: ");
        AssertRefused(broker.Sasl, broker.Write("plaintext.properties", "security.protocol=PLAINTEXT"), "PRIVATE KEY");
    }

    [Fact]
    public void Kafkas_own_tools_agree_that_the_listeners_ask()
    {
        string Java(string password) => broker.Write(
            "java.properties", "security.protocol=SASL_SSL", "sasl.mechanism=PLAIN", "ssl.truststore.type=PEM",
            $"ssl.truststore.location={broker.Folder}/ca.crt",
            $"sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"{SecureBroker.User}\" password=\"{password}\";");
        string[] list = ["--bootstrap-server", broker.Sasl, "--list", "--command-config"];
        TestBroker.Tool("org.apache.kafka.tools.TopicCommand", [.. list, Java(SecureBroker.Password)]);
        Assert.Contains(
            "Authentication failed",
            Assert.Throws<ToolFailedException>(() => TestBroker.Tool("org.apache.kafka.tools.TopicCommand", [.. list, Java("wrong")])).Message,
            StringComparison.Ordinal);
    }

    private string Sasl(string mechanism, string passwordFile) => broker.Write(
        $"{mechanism}-{passwordFile}.properties", "security.protocol=SASL_SSL", $"sasl.mechanism={mechanism}", $"sasl.username={SecureBroker.User}",
        $"sasl.password.file={passwordFile}", "ssl.ca.location=ca.crt");

    private string Tls(string name) => broker.Write(
        $"{name}.properties", "security.protocol=SSL", "ssl.ca.location=ca.crt", $"ssl.certificate.location={name}.crt", $"ssl.key.location={name}.key");

    private void AssertWorks(string address, string file)
    {
        // A broker on a busy machine may take long to lead a topic that has just been made.
        using var log = KafkaLog.Open(Options(address, file, TimeSpan.FromMinutes(2)));
        var before = log.Texts(Topics.Models, 0).Length;
        log.Append([LogTools.Record(Topics.Models, file, partition: 0)]);
        Assert.Equal(file, log.Texts(Topics.Models, 0)[before]);
    }

    private void AssertRefused(string address, string file, string secret, string expected = "")
    {
        var started = Stopwatch.StartNew();
        var refused = Assert.ThrowsAny<LogException>(() => KafkaLog.Open(Options(address, file, TimeSpan.FromSeconds(6))).Dispose());
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Path.GetFileName(file)} after {started.Elapsed.TotalSeconds:F1} s: {refused.Message}");
        // Nor in what lies behind it.
        Assert.DoesNotContain(secret, refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(SecureBroker.Password, refused.ToString(), StringComparison.Ordinal);
    }

    private KafkaOptions Options(string address, string file, TimeSpan patience) => new()
    {
        BootstrapServers = address,
        Client = "test",
        StateFolder = Path.Combine(broker.Folder, "state"),
        Security = KafkaSecurity.Read(file),
        Patience = patience,
    };
}
