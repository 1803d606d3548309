namespace Tppo.Core.Text;

/// <summary>A word of a response: its text as written, its bytes [Start, End) in the response's UTF-8, and the query that it stands in.</summary>
public readonly record struct Word(string Text, int Start, int End, int Query);
