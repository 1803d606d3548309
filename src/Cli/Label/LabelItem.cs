using Tppo.Core.Judging;

namespace Tppo.Cli.Label;

/// <summary>A response that is to be labelled.</summary>
/// <param name="Name">Where it comes from, for people.</param>
/// <param name="Input">What the judge gets to see.</param>
/// <param name="TokenEnds">Where its tokens end in the response's UTF-8; null: they are not known.</param>
internal sealed record LabelItem(string Name, JudgeInput Input, int[]? TokenEnds);
