using Tppo.Streaming.Log;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>
/// How clients authenticate, from a file of <c>key=value</c> lines under librdkafka's names: <c>security.protocol</c>,
/// <c>sasl.mechanism</c>, <c>sasl.username</c>, <c>sasl.password</c>, <c>ssl.ca.location</c>, <c>ssl.certificate.location</c>,
/// <c>ssl.key.location</c>, <c>ssl.key.password</c>, <c>ssl.endpoint.identification.algorithm</c>. A key that ends in
/// <c>.file</c> takes its value from that file (<c>sasl.password.file=/run/secrets/kafka</c>). Secrets stand in files alone,
/// never on a command line, and are never printed.
/// </summary>
public sealed class KafkaSecurity
{
    private const string FromFile = ".file";

    private static readonly string[] Known =
    [
        "security.protocol", "sasl.mechanism", "sasl.username", "sasl.password", "ssl.ca.location", "ssl.certificate.location", "ssl.key.location",
        "ssl.key.password", "ssl.endpoint.identification.algorithm",
    ];

    private static readonly string[] Locations = ["ssl.ca.location", "ssl.certificate.location", "ssl.key.location"];

    private KafkaSecurity(IReadOnlyDictionary<string, string> settings) => Settings = settings;

    /// <summary>Plain text, nobody asks who.</summary>
    public static KafkaSecurity None { get; } = new(new Dictionary<string, string>());

    internal IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Reads a file. Empty lines and lines that begin with <c>#</c> are passed over; paths are relative to the file.</summary>
    /// <exception cref="LogException">It cannot be used: file, line, what was expected and found; never a value.</exception>
    public static KafkaSecurity Read(string path)
    {
        if (!File.Exists(path)) throw new LogException($"{path}: no such file");
        var settings = new Dictionary<string, string>();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var (number, line) in File.ReadLines(path).Index())
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#') continue;
            var where = FormattableString.Invariant($"{path}:{number + 1}");
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new LogException($"{where}: expected key=value");
            var (key, value) = (text[..equals].TrimEnd(), text[(equals + 1)..].TrimStart());
            if (key.EndsWith(FromFile, StringComparison.Ordinal)) (key, value) = (key[..^FromFile.Length], Contents(where, folder, value));
            if (!Known.Contains(key))
                throw new LogException($"{where}: unknown key '{key}': expected one of {string.Join(", ", Known)}, or one of them with {FromFile}");
            if (Locations.Contains(key)) value = Existing(where, folder, value);
            if (!settings.TryAdd(key, value)) throw new LogException($"{where}: {key}: expected once, found again");
        }

        return new KafkaSecurity(settings);
    }

    /// <summary>Says nothing of the settings.</summary>
    public override string ToString() => Settings.TryGetValue("security.protocol", out var protocol) ? protocol : "PLAINTEXT";

    private static string Contents(string where, string folder, string file) => File.ReadAllText(Existing(where, folder, file)).TrimEnd('\r', '\n');

    private static string Existing(string where, string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) ? path : throw new LogException($"{where}: {path}: no such file");
    }
}
