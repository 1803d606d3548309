namespace Tppo.Core.World;

/// <summary>The hand-written words of the search world, as <c>vocabulary.txt</c> lists them.</summary>
public sealed class WorldVocabulary
{
    private WorldVocabulary(IReadOnlyList<WorldFacetWords> facets, IReadOnlyDictionary<string, string[]> brands, Dictionary<string, string> rest)
    {
        Facets = facets;
        Topics = [.. facets.Select(f => f.Topic).Distinct()];
        Brands = brands;
        Trends = rest["trends"].Split(' ');
        Navigation = [.. rest["navigation"].Split(';').Select(q => q.Split(' '))];
        Budget = rest["budget"].Split(' ');
        Premium = rest["premium"].Split(' ');
        Titles = rest["titles"].Split(' ');
    }

    /// <summary>Topic names, 16.</summary>
    public IReadOnlyList<string> Topics { get; }

    /// <summary>Facets, three a topic, in order of topics.</summary>
    public IReadOnlyList<WorldFacetWords> Facets { get; }

    /// <summary>Four brands a topic.</summary>
    public IReadOnlyDictionary<string, string[]> Brands { get; }

    /// <summary>Words that are popular for a while and relevant to nobody.</summary>
    public string[] Trends { get; }

    /// <summary>Queries by which people only want to get somewhere.</summary>
    public string[][] Navigation { get; }

    /// <summary>Words of people who want it cheap.</summary>
    public string[] Budget { get; }

    /// <summary>Words of people who want it fine.</summary>
    public string[] Premium { get; }

    /// <summary>Words that fill up titles.</summary>
    public string[] Titles { get; }

    /// <summary>The one that is built in.</summary>
    public static WorldVocabulary BuiltIn { get; } = Load();

    private static WorldVocabulary Load()
    {
        using var stream = typeof(WorldVocabulary).Assembly.GetManifestResourceStream("vocabulary.txt")!;
        using var reader = new StreamReader(stream);
        var facets = new List<WorldFacetWords>();
        var brands = new Dictionary<string, string[]>();
        var rest = new Dictionary<string, string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var parts = line.Split('|');
            if (parts.Length == 4) facets.Add(new WorldFacetWords(parts[0], parts[1], parts[2].Split(' '), parts[3].Split(' ')));
            else if (parts.Length == 3) brands[parts[1]] = parts[2].Split(' ');
            else rest[parts[0]] = parts[1];
        }

        return new WorldVocabulary(facets, brands, rest);
    }
}
