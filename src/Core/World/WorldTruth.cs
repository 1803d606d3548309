using Tppo.Core.Numerics;
using Tppo.Core.Text;
using Tppo.Core.Windows;

namespace Tppo.Core.World;

/// <summary>
/// The search world's truth, a function of a window's history alone: a facet word is relevant where a facet of it has
/// evidence Σ 0.93^age ≥ 0.45 over the last 20 events; a brand where it was seen and its topic has evidence; a price
/// word where one of its class was seen; trend, navigational, filler and unknown words never.
/// </summary>
/// <remarks>
/// It reads the history as text, as any judge must: slips of the keyboard are undone, and an event speaks for the facet
/// that most of its words belong to (for each in equal shares where several do).
/// </remarks>
public sealed class WorldTruth
{
    private const int HistoryEvents = 20;
    private const double Decay = 0.93;
    private const double Threshold = 0.45;
    private readonly Dictionary<string, List<Facet>> facetsOf = [];
    private readonly Dictionary<string, int> topicOfBrand = [];
    private readonly Dictionary<string, string[]> priceClassOf = [];
    private readonly Dictionary<string, string?> slips = [];

    /// <summary>The truth of a world.</summary>
    public WorldTruth(SearchWorld world)
    {
        for (var t = 0; t < world.Vocabulary.Topics.Count; t++)
        {
            for (var i = 0; i < SearchWorld.FacetsPerTopic; i++)
            {
                var facet = new Facet(t, i);
                foreach (var word in world.Heads(facet).Concat(world.Modifiers(facet)))
                {
                    if (!facetsOf.TryGetValue(word, out var facets)) facetsOf[word] = facets = [];
                    facets.Add(facet);
                }
            }

            foreach (var brand in world.Brands(t)) topicOfBrand[brand] = t;
        }

        foreach (var priceClass in new[] { world.Vocabulary.Budget, world.Vocabulary.Premium })
        {
            foreach (var word in priceClass) priceClassOf[word] = priceClass;
        }

        foreach (var word in facetsOf.Keys.Concat(topicOfBrand.Keys).Concat(priceClassOf.Keys)) LearnSlips(word);
    }

    /// <summary>What a history gives evidence of.</summary>
    public WorldEvidence Evidence(IReadOnlyList<HistoryEvent> history)
    {
        var strength = new Dictionary<Facet, double>();
        var seen = new HashSet<string>();
        for (var age = 0; age < Math.Min(HistoryEvents, history.Count); age++)
        {
            var words = Identities(history[^(age + 1)].Text).Select(Canonical).ToList();
            seen.UnionWith(words);
            var facets = FacetsOfMost(words);
            foreach (var facet in facets)
            {
                strength[facet] = strength.GetValueOrDefault(facet) + (PortableMath.Pow(Decay, age) / facets.Count);
            }
        }

        return new WorldEvidence(strength, seen);
    }

    /// <summary>The truth about one word, given by its identity (<see cref="Words.Normalise"/>).</summary>
    public WordTruth Word(WorldEvidence evidence, string word)
    {
        if (facetsOf.TryGetValue(word, out var facets))
        {
            if (facets.Any(f => evidence.Of(f) >= Threshold)) return new WordTruth(true, false);
            var near = facets.Any(f => evidence.Of(f) > 0 || evidence.Strength.Any(e => e.Key.Topic == f.Topic && e.Value >= Threshold));
            return new WordTruth(false, near);
        }

        if (topicOfBrand.TryGetValue(word, out var topic))
        {
            var hasEvidence = evidence.Strength.Any(e => e.Key.Topic == topic && e.Value >= Threshold);
            if (evidence.Seen.Contains(word) && hasEvidence) return new WordTruth(true, false);
            return new WordTruth(false, evidence.Strength.Any(e => e.Key.Topic == topic));
        }

        if (priceClassOf.TryGetValue(word, out var priceClass))
        {
            return priceClass.Any(evidence.Seen.Contains) ? new WordTruth(true, false) : new WordTruth(false, true);
        }

        return new WordTruth(false, false);
    }

    /// <summary>The truth about a whole response, by the rule of <see cref="WholeResponse"/>.</summary>
    public bool Whole(WorldEvidence evidence, string response) => WholeResponse.IsRelevant(
        QueryText.Queries(response).Select(q => Identities(q).ToList()),
        word => Word(evidence, word).Relevant,
        query => string.Join(' ', query.Distinct().Order(StringComparer.Ordinal)));

    private static IEnumerable<string> Identities(string text) =>
        Words.Split(text).Select(w => Words.Normalise(w.Text)).Where(w => w.Length > 0);

    private string Canonical(string word) => IsKnown(word) ? word : slips.GetValueOrDefault(word) ?? word;

    private bool IsKnown(string word) => facetsOf.ContainsKey(word) || topicOfBrand.ContainsKey(word) || priceClassOf.ContainsKey(word);

    private void LearnSlips(string word)
    {
        if (word.Length < 4) return;
        foreach (var slip in WorldQueries.Slips(word))
        {
            // A slip that two words could have made stands for neither.
            if (!IsKnown(slip)) slips[slip] = slips.TryGetValue(slip, out var other) && other != word ? null : word;
        }
    }

    private List<Facet> FacetsOfMost(List<string> words)
    {
        var votes = new Dictionary<Facet, int>();
        foreach (var word in words)
        {
            if (!facetsOf.TryGetValue(word, out var facets)) continue;
            foreach (var facet in facets) votes[facet] = votes.GetValueOrDefault(facet) + 1;
        }

        if (votes.Count == 0) return [];
        var most = votes.Values.Max();
        return [.. votes.Where(v => v.Value == most).Select(v => v.Key)];
    }
}
