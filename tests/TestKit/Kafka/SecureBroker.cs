using System.Globalization;

namespace Tppo.TestKit;

/// <summary>
/// A broker that asks who comes: one listener for SASL over TLS (PLAIN and SCRAM-SHA-512), one for TLS with a certificate of the
/// client, and one in plain text for the tests' own tools. Its folder holds what a client needs, as files.
/// </summary>
public sealed class SecureBroker : IDisposable
{
    /// <summary>The one user, on each listener.</summary>
    public const string User = "ann";

    /// <summary>The user's password; a text that nothing else is called, so that it can be looked for where it must not stand.</summary>
    public const string Password = "s3cret-a5f0c1";

    private readonly TestBroker broker = TestBroker.Start(new TestBrokerOptions
    {
        HeapMegabytes = 256,
        Prepare = TestCertificates.Write,
        Settings =
        [
            "listeners=SASL_SSL://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller},SSL://127.0.0.1:{second},PLAINTEXT://127.0.0.1:{third}",
            "inter.broker.listener.name=PLAINTEXT",
            "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512",
            $"listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_{User}=\"{Password}\";",
            "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;",
            "listener.name.ssl.ssl.client.auth=required",
            "ssl.keystore.type=PEM",
            "ssl.keystore.location={folder}/server.pem",
            "ssl.truststore.type=PEM",
            "ssl.truststore.location={folder}/ca.crt",
        ],
    });

    public SecureBroker()
    {
        Write("password", Password);
        TestBroker.Tool(
            "kafka.admin.ConfigCommand", "--bootstrap-server", PlainText, "--alter", "--entity-type", "users", "--entity-name", User,
            "--add-config", $"SCRAM-SHA-512=[iterations=4096,password={Password}]");
    }

    /// <summary>Where SASL over TLS is spoken.</summary>
    public string Sasl => Address(0);

    /// <summary>Where TLS with a client's certificate is spoken.</summary>
    public string MutualTls => Address(2);

    /// <summary>Where nobody is asked.</summary>
    public string PlainText => Address(3);

    /// <summary>
    /// Files: <c>ca.crt client.crt client.key password</c>, and <c>stranger.crt stranger.key</c> of an authority that the broker
    /// does not know.
    /// </summary>
    public string Folder => broker.Folder;

    /// <summary>Writes a file into the folder; gives its path.</summary>
    public string Write(string name, params string[] lines)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        return path;
    }

    public void Dispose() => broker.Dispose();

    private string Address(int offset) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{broker.Port + offset}");
}
