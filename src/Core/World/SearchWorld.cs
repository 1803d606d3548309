using System.Collections.Concurrent;
using Tppo.Core.Events;
using Tppo.Core.Numerics;

namespace Tppo.Core.World;

/// <summary>
/// A seeded world of people who search, click, buy and visit, with a hidden truth about what is relevant to whom. Each
/// person is drawn from a generator of their own, so any person can be made alone. The same seed gives the same bytes on
/// every machine.
/// </summary>
public sealed class SearchWorld
{
    /// <summary>Facets a topic.</summary>
    public const int FacetsPerTopic = 3;

    private const int AmbiguousModifiers = 24;
    private const int TrendsLive = 6;
    private const int TrendDays = 5;
    private const double PopularityExponent = 0.8;
    private readonly string[][] modifiers;
    private readonly ConcurrentDictionary<int, string[]> trends = new();

    /// <summary>The world of a seed.</summary>
    public SearchWorld(long seed, WorldSettings? settings = null)
    {
        Seed = seed;
        Settings = settings ?? new WorldSettings();
        Vocabulary = WorldVocabulary.BuiltIn;
        var random = SeededRandom.For("search world", seed);
        modifiers = [.. Vocabulary.Facets.Select(f => f.Modifiers.ToArray())];
        ShareModifiers(random);

        // Which topics are popular differs from world to world.
        var ranks = Enumerable.Range(1, Vocabulary.Topics.Count).ToArray();
        random.Shuffle(ranks.AsSpan());
        TopicPopularity = [.. ranks.Select(r => PortableMath.Pow(r, -PopularityExponent))];
    }

    /// <summary>The first moment of every world.</summary>
    public static DateTime Start { get; } = new(2025, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The seed.</summary>
    public long Seed { get; }

    /// <summary>The dials.</summary>
    public WorldSettings Settings { get; }

    /// <summary>The words.</summary>
    public WorldVocabulary Vocabulary { get; }

    /// <summary>Weight of each topic in the choice of people's interests.</summary>
    public double[] TopicPopularity { get; }

    /// <summary>The facet's head nouns.</summary>
    public string[] Heads(Facet f) => Vocabulary.Facets[Number(f)].Heads;

    /// <summary>The facet's modifiers in this world; some are shared with a facet of another topic.</summary>
    public string[] Modifiers(Facet f) => modifiers[Number(f)];

    /// <summary>The topic's brands.</summary>
    public string[] Brands(int topic) => Vocabulary.Brands[Vocabulary.Topics[topic]];

    /// <summary>The trend words that live on a day: six of thirty, changing every five days.</summary>
    public string[] LiveTrends(double day) => trends.GetOrAdd((int)Math.Floor(day / TrendDays), period =>
        SeededRandom.For("trends", Seed, period.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Sample<string>(Vocabulary.Trends, TrendsLive));

    /// <summary>The events of one person in canonical order.</summary>
    public IReadOnlyList<UserEvent> User(int index) => new WorldUser(this, index).Events();

    /// <summary>The events of all people, in canonical order.</summary>
    public IEnumerable<UserEvent> Events()
    {
        var people = new IReadOnlyList<UserEvent>[Settings.Users];
        Parallel.For(0, people.Length, u => people[u] = User(u));
        UserEvent[] sorted = [.. people.SelectMany(events => events)];
        Array.Sort(Array.ConvertAll(sorted, EventOrder.Of), sorted);
        return sorted;
    }

    private static int Number(Facet f) => (f.Topic * FacetsPerTopic) + f.Index;

    private void ShareModifiers(SeededRandom random)
    {
        for (var shared = 0; shared < AmbiguousModifiers;)
        {
            var (a, b) = (random.NextInt(modifiers.Length), random.NextInt(modifiers.Length));
            if (a / FacetsPerTopic == b / FacetsPerTopic) continue;
            var word = modifiers[a][random.NextInt(modifiers[a].Length)];
            if (modifiers.Count(m => m.Contains(word)) > 1) continue;
            var place = random.NextInt(modifiers[b].Length);
            if (modifiers.Count(m => m.Contains(modifiers[b][place])) > 1) continue;
            modifiers[b][place] = word;
            shared++;
        }
    }
}
