using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Net;
using Tppo.Core;
using Tppo.Facts.Runs;

namespace Tppo.Cli;

/// <summary>The options by which every command that works on a log says which one: <c>--kafka --topics-prefix --kafka-security</c>.</summary>
internal sealed class LogOptions
{
    private const int PrefixLengthMax = 100;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    private readonly Option<string?> kafka = new("--kafka")
    {
        Description = "Work on topics of a Kafka broker: HOST:PORT[,HOST:PORT].",
        HelpName = "HOST:PORT",
    };
    private readonly Option<string?> prefix = new("--topics-prefix")
    {
        Description = "What stands before the names of topics, groups and transactions on the broker: letters, digits, '.', '_', '-'.",
        HelpName = "PREFIX",
    };
    private readonly Option<FileInfo?> security = new("--kafka-security")
    {
        Description = "A file with the client's security settings for the broker (SASL, TLS).",
        HelpName = "FILE",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(kafka);
        command.Options.Add(prefix);
        command.Options.Add(security);
    }

    /// <summary>What was chosen, checked.</summary>
    /// <exception cref="UserException">It cannot be; the line names the option.</exception>
    public LogChoice Read(ParseResult parsed, RunFolder? folder)
    {
        var servers = parsed.GetValue(kafka);
        if (servers is null)
        {
            // An embedded log is kept apart by its folder.
            if (parsed.GetValue(prefix) is not null) throw new UserException("--topics-prefix: expected --kafka HOST:PORT with it, found none");
            if (parsed.GetValue(security) is not null) throw new UserException("--kafka-security: expected --kafka HOST:PORT with it, found none");
            return new LogChoice(null, null, null, folder);
        }

        if (parsed.GetValue(security) is { Exists: false } missing) throw new UserException($"--kafka-security {missing.FullName}: no such file");
        return new LogChoice(Servers(servers), Prefix(parsed.GetValue(prefix)), parsed.GetValue(security)?.FullName, folder);
    }

    private static string Servers(string servers)
    {
        foreach (var server in servers.Split(','))
        {
            var colon = server.LastIndexOf(':');
            if (colon < 0 || !IsHost(server[..colon])
                || !int.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
                throw new UserException($"--kafka: expected HOST:PORT[,HOST:PORT], found '{servers}'");
        }

        return servers;
    }

    private static bool IsHost(string host) => host is ['[', .. var address, ']']
        ? IPAddress.TryParse(address, out _)
        : host.Length > 0 && host.AsSpan().IndexOfAnyExcept(NameCharacters) < 0;

    private static string? Prefix(string? prefix)
    {
        if (prefix is null) return null;
        if (prefix.Trim('.').Length == 0 || prefix.Length > PrefixLengthMax || prefix.AsSpan().IndexOfAnyExcept(NameCharacters) >= 0)
            throw new UserException($"--topics-prefix: expected 1 to {PrefixLengthMax} letters, digits, '.', '_' and '-', found '{prefix}'");
        return prefix.EndsWith('.') ? prefix : prefix + ".";
    }
}
