using System.Text.Json;
using Tppo.Core.Events;
using Tppo.Core.Windows;

namespace Tppo.Core.Judging.Prompts;

/// <summary>What stands in the slots of a prompt.</summary>
/// <param name="Events">Lines of events, oldest first.</param>
/// <param name="Searches">Lines of searches, where the template has them apart.</param>
/// <param name="Response">The response.</param>
/// <param name="Other">The response that it is compared with; null: with none.</param>
public sealed record PromptItems(IReadOnlyList<string> Events, IReadOnlyList<string> Searches, string Response, string? Other)
{
    /// <summary>The history, its searches last where the template has them apart; a prompt holds no times.</summary>
    public IReadOnlyList<HistoryEvent> History => [.. Events.Select(Event), .. Searches.Select(s => new HistoryEvent(EventType.Search, default, Text(s), ""))];

    private static HistoryEvent Event(string line)
    {
        using var json = JsonDocument.Parse(line);
        var url = json.RootElement.TryGetProperty("url", out var u) ? u.GetString()! : "";
        var first = json.RootElement.EnumerateObject().First();
        return EventTypes.TryParse(first.Name, out var type)
            ? new HistoryEvent(type, default, first.Value.GetString()!, url)
            : throw new FormatException($"expected an event's type, found {first.Name}");
    }

    private static string Text(string line) => JsonSerializer.Deserialize<string>(line)!;
}
