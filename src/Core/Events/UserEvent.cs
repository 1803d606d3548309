namespace Tppo.Core.Events;

/// <summary>One thing that one person did: a fact, as it stands on the event topics and on the timeline.</summary>
/// <param name="Id">Unique within its source; ids of one import sort in file order.</param>
/// <param name="User">The user: as the source names them before the edge, the pseudonym after it.</param>
/// <param name="Time">When it happened, UTC.</param>
/// <param name="Type">What it was.</param>
/// <param name="Text">Query, title or product; may be empty.</param>
/// <param name="Url">Where it led; empty where there is none.</param>
public sealed record UserEvent(string Id, string User, DateTime Time, EventType Type, string Text, string Url);
