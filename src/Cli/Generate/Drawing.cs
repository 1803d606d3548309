namespace Tppo.Cli.Generate;

/// <summary>How responses are drawn.</summary>
/// <param name="Samples">How many.</param>
/// <param name="TokensMax">Most tokens of one.</param>
/// <param name="Temperature">What logits are divided by.</param>
/// <param name="Seed">Where they are drawn from.</param>
internal sealed record Drawing(int Samples, int TokensMax, double Temperature, long Seed);
