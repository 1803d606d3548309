using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tppo.Core.Cuts;

/// <summary>What one training step consumes: written before the step, so that anybody can take it again.</summary>
/// <param name="V">Version of this form, 1.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Ordinal">0-based number of the step in the model's life.</param>
/// <param name="Parent">Ordinal of the step before, or −1.</param>
/// <param name="Ranges">Where the records lie, in order of topic and partition.</param>
/// <param name="RecordHashes">SHA-256(ce_id ‖ SHA-256(value)) of each record in order of topic, partition, offset, in hex.</param>
/// <param name="Digest">SHA-256 over the record hashes.</param>
/// <param name="Seed">H(run seed, model, ordinal): decides shuffles and samples of the step.</param>
/// <param name="SettingsHash">Hash of the run settings.</param>
/// <param name="CodeVersion">Version of the code that takes the step.</param>
/// <param name="ThreadCount">Torch threads.</param>
/// <param name="RewardModel">Checkpoint of the reward model used, or empty.</param>
/// <param name="ReferencePolicy">Checkpoint of the reference policy used, or empty.</param>
public sealed record Cut(
    int V,
    string Model,
    int Ordinal,
    int Parent,
    IReadOnlyList<CutRange> Ranges,
    IReadOnlyList<string> RecordHashes,
    string Digest,
    long Seed,
    string SettingsHash,
    string CodeVersion,
    int ThreadCount,
    string RewardModel,
    string ReferencePolicy)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>The step that takes it.</summary>
    [JsonIgnore]
    public StepId Step => new(Model, Ordinal);

    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>From JSON.</summary>
    /// <exception cref="FormatException">Not a cut of version 1.</exception>
    public static Cut FromJson(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var cut = JsonSerializer.Deserialize<Cut>(utf8, Options) ?? throw new FormatException("cut: expected an object, found null");
            return cut.V == 1 ? cut : throw new FormatException($"cut: \"v\": expected 1, found {cut.V}");
        }
        catch (JsonException e)
        {
            throw new FormatException("cut: " + e.Message, e);
        }
    }
}
