using System.Globalization;
using Tppo.Core;

namespace Tppo.Hosting.Judges;

/// <summary>Where a judge is reached and what it may take. Process settings: none of them changes what is computed.</summary>
public sealed record JudgeAccess
{
    /// <summary>An OpenAI-compatible endpoint, with or without <c>/v1</c>: <c>http://localhost:8000/v1</c>.</summary>
    public Uri? Url { get; init; }

    /// <summary>How a connection to it is made, in place of the network's; null: the network's.</summary>
    public Func<CancellationToken, Task<Stream>>? Connect { get; init; }

    /// <summary>The GGUF file of a judge in a process beside this one.</summary>
    public string? ModelFile { get; init; }

    /// <summary>The command that serves such a file, up to its options.</summary>
    public IReadOnlyList<string> ServerCommand { get; init; } = [];

    /// <summary>A file with the key that goes with every call; null: none does.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Calls at a time. Default 16.</summary>
    public int Parallel { get; init; } = 16;

    /// <summary>Calls a minute; null: as many as go.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Tokens a minute, both directions; null: as many as go.</summary>
    public int? TokensPerMinute { get; init; }

    /// <summary>Dollars for a million tokens that are sent. Default 0.</summary>
    public double UsdPerMillionSent { get; init; }

    /// <summary>Dollars for a million tokens that are received. Default 0.</summary>
    public double UsdPerMillionReceived { get; init; }

    /// <summary>What labels may take a day.</summary>
    public DailyBudget Labels { get; init; } = new(null, null);

    /// <summary>What evaluations may take a day.</summary>
    public DailyBudget Evaluations { get; init; } = new(null, null);

    /// <summary>How long one call may take. Default 2 minutes.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long an answer that has begun may pause. Default 30 seconds.</summary>
    public TimeSpan IdleMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Asks for the answer as it is written, so that a call that hangs is noticed after <see cref="IdleMax"/>. Default false.</summary>
    public bool Streams { get; init; }

    /// <summary>Goes on with a judge that its check says is useless; the report then says so. Default false.</summary>
    public bool Anyway { get; init; }

    /// <summary>What an answer costs, in dollars.</summary>
    public double Usd(int sent, int received) => ((sent * UsdPerMillionSent) + (received * UsdPerMillionReceived)) / 1e6;

    /// <summary>The key; null where there is none. Its text stands nowhere else.</summary>
    /// <exception cref="UserException">The file is not there, or holds no key.</exception>
    public string? ReadKey()
    {
        if (KeyFile is null) return null;
        if (!File.Exists(KeyFile)) throw new UserException($"--judge-key-file: {KeyFile}: no such file");
        var key = File.ReadAllText(KeyFile).Trim();
        if (key.Length > 0 && key.All(c => c is > ' ' and <= '~')) return key;
        var found = key.Length == 0 ? "nothing" : "something else";
        throw new UserException($"--judge-key-file: {KeyFile}: expected one key in printable ASCII, found {found}");
    }

    /// <summary>Where it is, for messages.</summary>
    public string Place => Connect is not null ? "its own process" : Url is { } url ? url.GetLeftPart(UriPartial.Path) : "nowhere";

    /// <summary>A price as people write it: dollars for a million tokens, IN/OUT.</summary>
    /// <exception cref="UserException">It is none.</exception>
    public JudgeAccess WithPrice(string price)
    {
        var parts = price.Split('/');
        return parts.Length == 2 && TryParse(parts[0], out var sent) && TryParse(parts[1], out var received)
            ? this with { UsdPerMillionSent = sent, UsdPerMillionReceived = received }
            : throw new UserException($"--judge-price: expected dollars for a million tokens in and out, such as 0.5/1.5, found '{price}'");

        static bool TryParse(string text, out double value) =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value is >= 0 and <= 1e6;
    }
}
