using System.Buffers;

namespace Tppo.Core.Log;

/// <summary>Every topic of the system: names, layout and retention. What is not here does not exist.</summary>
public static class Topics
{
    /// <summary>Searches, as they came past the edge.</summary>
    public const string Search = "search.v1";

    /// <summary>Clicks.</summary>
    public const string Click = "click.v1";

    /// <summary>Purchases.</summary>
    public const string Purchase = "purchase.v1";

    /// <summary>Visits.</summary>
    public const string Visit = "visit.v1";

    /// <summary>The canonical order of each user's events.</summary>
    public const string Timeline = "timeline.v1";

    /// <summary>Events that came behind the watermark, with how late.</summary>
    public const string Late = "late.v1";

    /// <summary>Histories with their target queries.</summary>
    public const string Windows = "windows.v1";

    /// <summary>Changelog of the window state.</summary>
    public const string WindowState = "window-state.v1";

    /// <summary>Sampled responses (Arrow).</summary>
    public const string Rollouts = "rollouts.v1";

    /// <summary>Raw answers of the judge.</summary>
    public const string Judgements = "judgements.v1";

    /// <summary>Category of every token and of the sentence (Arrow).</summary>
    public const string TokenRewards = "token-rewards.v1";

    /// <summary>What each training step consumed.</summary>
    public const string Cuts = "cuts.v1";

    /// <summary>Checkpoints, evaluations and alias moves.</summary>
    public const string Models = "models.v1";

    /// <summary>Evaluation results.</summary>
    public const string Evaluations = "evaluations.v1";

    /// <summary>Who must be forgotten.</summary>
    public const string Erasures = "erasures.v1";

    /// <summary>Which processes work on the log, and whether they are idle. Says nothing of what is computed.</summary>
    public const string Presence = "presence.v1";

    private const string DeadLettersSuffix = ".dlq.v1";
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    private static readonly TimeSpan ThirtyDays = TimeSpan.FromDays(30);

    /// <summary>The table, dead letters aside.</summary>
    public static IReadOnlyList<TopicSpec> All { get; } =
    [
        new(Search, Keyed: true, Cleanup.Delete, ThirtyDays),
        new(Click, Keyed: true, Cleanup.Delete, ThirtyDays),
        new(Purchase, Keyed: true, Cleanup.Delete, ThirtyDays),
        new(Visit, Keyed: true, Cleanup.Delete, ThirtyDays),
        new(Timeline, Keyed: true, Cleanup.Delete, Retention: null),
        new(Late, Keyed: true, Cleanup.Delete, ThirtyDays),
        new(Windows, Keyed: true, Cleanup.Delete, Retention: null),
        new(WindowState, Keyed: true, Cleanup.Compact, Retention: null),
        new(Rollouts, Keyed: true, Cleanup.Delete, Retention: null),
        new(Judgements, Keyed: true, Cleanup.Delete, Retention: null),
        new(TokenRewards, Keyed: true, Cleanup.Delete, Retention: null),
        new(Cuts, Keyed: false, Cleanup.Delete, Retention: null),
        new(Models, Keyed: false, Cleanup.Delete, Retention: null),
        new(Evaluations, Keyed: false, Cleanup.Delete, Retention: null),
        new(Erasures, Keyed: true, Cleanup.Compact, Retention: null),
        new(Presence, Keyed: false, Cleanup.Delete, TimeSpan.FromDays(1)),
    ];

    /// <summary>The dead-letter topic of a service: what it could not use, kept 30 days.</summary>
    public static string DeadLetters(string service)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        return service + DeadLettersSuffix;
    }

    /// <summary>Whether a topic holds dead letters.</summary>
    public static bool AreDeadLetters(string topic) => topic.EndsWith(DeadLettersSuffix, StringComparison.Ordinal);

    /// <summary>
    /// The layout of a topic: one of <see cref="All"/>, a dead-letter topic, or either behind a prefix that ends in a dot
    /// (<c>trial.search.v1</c>: how an import keeps clear of the live topics).
    /// </summary>
    /// <exception cref="ArgumentException">No topic has this name.</exception>
    public static TopicSpec Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().IndexOfAnyExcept(NameCharacters) >= 0)
            throw new ArgumentException($"topic '{name}': expected letters, digits, '.', '_' and '-' only");
        foreach (var spec in All)
        {
            if (IsOrEndsWith(name, spec.Name)) return spec with { Name = name };
        }

        if (name.Length > DeadLettersSuffix.Length && AreDeadLetters(name))
            return new TopicSpec(name, Keyed: true, Cleanup.Delete, ThirtyDays);
        throw new ArgumentException($"unknown topic '{name}': expected one of the topic table, <service>{DeadLettersSuffix}, or <prefix>.<topic>");
    }

    private static bool IsOrEndsWith(string name, string topic) =>
        name.EndsWith(topic, StringComparison.Ordinal)
        && (name.Length == topic.Length || (name.Length > topic.Length + 1 && name[^(topic.Length + 1)] == '.'));
}
