using System.Globalization;
using Tppo.Core.Events;
using Tppo.Core.Numerics;

namespace Tppo.Core.World;

/// <summary>One person of the search world: interests that drift, intents that go on over sessions, habits of typing.</summary>
internal sealed class WorldUser
{
    private const int TopicsPerUser = 3;
    private const double DriftRate = 0.08;
    private const double WeightWalk = 0.30;
    private const double SessionGapDays = 1.8;
    private const double ReformulationRate = 0.55;
    private const int QueriesPerSessionMax = 4;
    private const double NavigationRate = 0.06;
    private const double ClickRate = 0.50;
    private const double OffFacetClickRate = 0.07;
    private const double PurchaseRate = 0.12;
    private const double VisitRate = 0.35;
    private const double NavigationVisitRate = 0.30;

    private readonly SearchWorld world;
    private readonly string user;
    private readonly SeededRandom random;
    private readonly WorldQueries queries;
    private readonly List<(int Topic, double Weight)> interests = [];
    private readonly string[][] likedBrands;
    private readonly Dictionary<int, Intent> intents = [];
    private readonly List<UserEvent> events = [];

    public WorldUser(SearchWorld world, int index)
    {
        this.world = world;
        var name = index.ToString("D6", CultureInfo.InvariantCulture);
        user = $"u{name}";
        random = SeededRandom.For("person", world.Seed, name);
        while (interests.Count < TopicsPerUser) AddInterest(random.NextGamma(2) + 0.2);
        likedBrands = [.. Enumerable.Range(0, world.Vocabulary.Topics.Count)
            .Select(t => random.Sample<string>(world.Brands(t), 1 + random.NextInt(2)))];
        var price = random.NextDouble() switch { < 0.5 => null, < 0.8 => world.Vocabulary.Budget, _ => world.Vocabulary.Premium };
        queries = new WorldQueries(world, random, price);
    }

    public IReadOnlyList<UserEvent> Events()
    {
        for (var day = random.NextDouble() * 2; day < world.Settings.Days; day += random.NextExponential(SessionGapDays))
        {
            Drift();
            Session(day);
        }

        events.Sort((a, b) => EventOrder.Of(a).CompareTo(EventOrder.Of(b)));
        return events;
    }

    private void AddInterest(double weight)
    {
        var topic = random.NextIndex(world.TopicPopularity);
        if (interests.All(i => i.Topic != topic)) interests.Add((topic, weight));
    }

    private void Drift()
    {
        for (var i = 0; i < interests.Count; i++)
        {
            interests[i] = (interests[i].Topic, interests[i].Weight * PortableMath.Exp(WeightWalk * random.NextGaussian()));
        }

        if (!random.NextBool(DriftRate)) return;
        var weakest = interests.MinBy(i => i.Weight);
        var mean = interests.Average(i => i.Weight);
        interests.Remove(weakest);
        intents.Remove(weakest.Topic);
        while (interests.Count < TopicsPerUser)
        {
            var count = interests.Count;
            AddInterest(mean);
            if (interests.Count > count && interests[^1].Topic == weakest.Topic) interests.RemoveAt(count);
        }
    }

    private void Session(double day)
    {
        var intent = ChooseIntent();
        var count = 1;
        while (count < QueriesPerSessionMax && random.NextBool(ReformulationRate)) count++;
        var at = day;
        for (var i = 0; i < count; i++)
        {
            var navigational = random.NextBool(NavigationRate);
            Add(EventType.Search, at, queries.Typed(navigational ? queries.Navigation() : queries.Topical(intent, i > 0, day)));
            at += 0.001 + (random.NextDouble() * 0.004);
            if (!navigational && random.NextBool(ClickRate)) at = Click(intent, at);
        }

        if (!random.NextBool(VisitRate)) return;
        string[] page = random.NextBool(NavigationVisitRate)
            ? queries.Navigation()
            : [intent.Head, Pick(world.Modifiers(intent.Facet)), "guide"];
        Add(EventType.Visit, at, string.Join(' ', page));
    }

    private Intent ChooseIntent()
    {
        var oneOff = random.NextBool(world.Settings.OneOffRate);
        var topic = oneOff
            ? random.NextInt(world.Vocabulary.Topics.Count)
            : interests[random.NextIndex([.. interests.Select(i => i.Weight)])].Topic;
        if (!oneOff && intents.TryGetValue(topic, out var open) && random.NextBool(world.Settings.ContinueIntentRate)) return open;

        var facet = new Facet(topic, random.NextInt(SearchWorld.FacetsPerTopic));
        var intent = new Intent(facet, Pick(world.Heads(facet)), random.Sample<string>(world.Modifiers(facet), 4), Pick(likedBrands[topic]));
        if (!oneOff) intents[topic] = intent;
        return intent;
    }

    private double Click(Intent intent, double at)
    {
        var onFacet = !random.NextBool(OffFacetClickRate);
        var facet = onFacet ? intent.Facet : new Facet(random.NextInt(world.Vocabulary.Topics.Count), random.NextInt(SearchWorld.FacetsPerTopic));
        var brand = onFacet ? intent.Brand : Pick(world.Brands(facet.Topic));
        var title = queries.Title(facet, brand, onFacet ? intent.Head : Pick(world.Heads(facet)));
        Add(EventType.Click, at, title);
        at += 0.001;
        if (!onFacet || !random.NextBool(PurchaseRate)) return at;
        Add(EventType.Purchase, at, title);
        return at + 0.001;
    }

    private string Pick(string[] words) => words[random.NextInt(words.Length)];

    private void Add(EventType type, double day, string text)
    {
        var time = SearchWorld.Start.AddSeconds(Math.Floor(day * 86_400));
        var id = $"{user}-{events.Count.ToString("D5", CultureInfo.InvariantCulture)}";
        var url = type == EventType.Search ? "" : $"https://{text.Split(' ')[0]}.example/{text.Replace(' ', '-')}";
        events.Add(new UserEvent(id, user, time, type, text, url));
    }
}

/// <summary>What a person is after, over several sessions.</summary>
internal sealed record Intent(Facet Facet, string Head, string[] Modifiers, string Brand);
