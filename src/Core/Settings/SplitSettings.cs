using System.ComponentModel.DataAnnotations;

namespace Tppo.Core.Settings;

/// <summary>Who is held out: by bucket, or by folds where there are few users. A run setting.</summary>
public sealed record SplitSettings
{
    /// <summary>Buckets under this, of 1,000, are held out. Default 100; the search world's 250.</summary>
    [Range(1, 999)] public int HeldOutBuckets { get; init; } = 100;

    /// <summary>With fewer users than this that have windows, folds are used in place of one held-out set. Default 1,000; 0 turns folds off.</summary>
    [Range(0, int.MaxValue)] public int FoldsBelowUsers { get; init; } = 1000;

    /// <summary>Folds, by bucket mod this. Default 5.</summary>
    [Range(2, 100)] public int Folds { get; init; } = 5;
}
