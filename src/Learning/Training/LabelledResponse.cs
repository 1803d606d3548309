using Tppo.Core.Judging;

namespace Tppo.Learning.Training;

/// <summary>A response with the judge's word on every token.</summary>
/// <param name="RolloutId">Its rollout.</param>
/// <param name="Sample">Its number among its window's responses.</param>
/// <param name="Ids">Tokens, end token included.</param>
/// <param name="Categories">Each token's category.</param>
/// <param name="Sentence">The whole response's.</param>
public sealed record LabelledResponse(string RolloutId, int Sample, int[] Ids, Category[] Categories, Category Sentence);
