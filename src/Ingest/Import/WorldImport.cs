using Tppo.Core.Events;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Core.World;

namespace Tppo.Ingest.Import;

/// <summary>The people of the search world.</summary>
public sealed class WorldImport : IImportSource
{
    private IReadOnlyList<UserEvent> events;

    /// <summary>The world of the run's settings.</summary>
    public WorldImport(RunSettings settings)
    {
        events = [.. new SearchWorld(settings.Seed, settings.Input.World).Events()];
        Id = IdOf(settings);
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <summary>The id of a world's import, known before the world is made.</summary>
    public static string IdOf(RunSettings settings) =>
        $"world-{Digest.Sha256Hex(RunSettingsJson.Hash(new RunSettings { Seed = settings.Seed, Input = settings.Input }))[..16]}";

    /// <inheritdoc/>
    public string Name => "the search world";

    /// <inheritdoc/>
    public long Count => events.Count;

    /// <inheritdoc/>
    public IReadOnlyList<BadLine> BadLines => [];

    /// <inheritdoc/>
    public IEnumerable<UserEvent> Sorted() => events;

    /// <inheritdoc/>
    public void Dispose() => events = [];
}
