namespace Tppo.Hosting.Judges.Chat;

/// <summary>What an endpoint takes of what not all do; learned from what it refuses.</summary>
public sealed record ChatDialect
{
    /// <summary><c>max_completion_tokens</c> in place of <c>max_tokens</c>.</summary>
    public bool SaysCompletionTokens { get; init; }

    /// <summary>A temperature.</summary>
    public bool TakesTemperature { get; init; } = true;

    /// <summary>A seed.</summary>
    public bool TakesSeed { get; init; } = true;

    /// <summary>A schema that the answer is held to.</summary>
    public bool TakesSchema { get; init; } = true;

    /// <summary>What it takes, given what it said against a request; null where it named nothing that could be left out.</summary>
    public ChatDialect? Without(string refusal)
    {
        if (!SaysCompletionTokens && Names(refusal, "max_tokens")) return this with { SaysCompletionTokens = true };
        if (TakesSchema && Names(refusal, "response_format", "json_schema", "schema", "grammar")) return this with { TakesSchema = false };
        if (TakesTemperature && Names(refusal, "temperature")) return this with { TakesTemperature = false };
        return TakesSeed && Names(refusal, "seed") ? this with { TakesSeed = false } : null;
    }

    private static bool Names(string refusal, params ReadOnlySpan<string> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (refusal.Contains(parameter, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
