namespace Tppo.Learning.Losses;

/// <summary>Figures of one <see cref="LanguageModelLoss"/>.</summary>
/// <param name="Loss">Mean cross-entropy, in nats a token.</param>
/// <param name="Tokens">Tokens it is over.</param>
public sealed record LanguageModelStats(double Loss, long Tokens);
