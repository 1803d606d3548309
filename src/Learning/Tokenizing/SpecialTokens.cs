using Tppo.Core.Events;

namespace Tppo.Learning.Tokenizing;

/// <summary>
/// Ids of the tokens of one model that stand for no text. They belong to the model and its tokenizer, and travel with them: no
/// other code knows a number of them.
/// </summary>
/// <param name="Pad">Padding.</param>
/// <param name="End">End of a response.</param>
/// <param name="Response">Start of a response.</param>
/// <param name="Search">Stands before a search's text.</param>
/// <param name="Click">Stands before a click's text.</param>
/// <param name="Purchase">Stands before a purchase's text.</param>
/// <param name="Visit">Stands before a visit's text.</param>
public sealed record SpecialTokens(int Pad, int End, int Response, int Search, int Click, int Purchase, int Visit)
{
    /// <summary>Those of models that are trained from nothing: the first ids of their tokenizers.</summary>
    public static SpecialTokens Own { get; } = new(0, 1, 2, 3, 4, 5, 6);

    /// <summary>Their texts, in order of id.</summary>
    public static IReadOnlyList<string> OwnTexts { get; } = ["<pad>", "<eos>", "<r>", "<search>", "<click>", "<purchase>", "<visit>"];

    /// <summary>What stands before the text of an event.</summary>
    public int Before(EventType type) => type switch
    {
        EventType.Search => Search,
        EventType.Click => Click,
        EventType.Purchase => Purchase,
        EventType.Visit => Visit,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
