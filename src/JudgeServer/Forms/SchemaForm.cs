using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tppo.JudgeServer.Requests;

namespace Tppo.JudgeServer.Forms;

/// <summary>
/// A JSON schema in which only choices are free, as the text that it allows: literals with choices between them. What a grammar
/// would say, in a form in which nothing can fail while an answer is written and all that is no choice is read in one pass.
/// </summary>
internal sealed class SchemaForm
{
    private const int DepthMax = 32, PartsMax = 8192, ChoicesMax = 256;
    private static readonly JsonSerializerOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] Notes = ["$schema", "$id", "title", "description"];
    private readonly List<FormPart> parts = [];
    private readonly StringBuilder text = new();

    private SchemaForm()
    {
    }

    /// <summary>The parts of the only text that a schema allows, choices aside.</summary>
    /// <exception cref="RequestException">It has a keyword that is not known here, or leaves more free than choices.</exception>
    public static IReadOnlyList<FormPart> Read(JsonElement schema)
    {
        var form = new SchemaForm();
        form.Add(schema, "", 0);
        form.EndText();
        return form.parts;
    }

    private void Add(JsonElement schema, string path, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object) throw Fault(path, $"expected an object, found {schema.ValueKind}");
        if (depth > DepthMax) throw Fault(path, $"expected at most {DepthMax} levels, found more");
        if (schema.TryGetProperty("const", out var value)) AddText(path, schema, Json(value), "const");
        else if (schema.TryGetProperty("enum", out var values)) AddChoice(path, schema, values);
        else if (schema.TryGetProperty("prefixItems", out var items)) AddList(path, schema, items, depth);
        else if (schema.TryGetProperty("properties", out var properties)) AddObject(path, schema, properties, depth);
        else throw Fault(path, "expected const, enum, prefixItems or properties, found none: what is free but a choice is not supported");
    }

    private void AddText(string path, JsonElement schema, string literal, params string[] keywords)
    {
        Check(path, schema, [.. keywords, "type"]);
        text.Append(literal);
    }

    private void AddChoice(string path, JsonElement schema, JsonElement values)
    {
        Check(path, schema, "enum", "type");
        if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() is 0 or > ChoicesMax)
            throw Fault(path, $"enum: expected a list of 1 to {ChoicesMax} values");
        EndText();
        parts.Add(new FormPart([.. values.EnumerateArray().Select(Json).Distinct(StringComparer.Ordinal)]));
    }

    private void AddList(string path, JsonElement schema, JsonElement items, int depth)
    {
        Check(path, schema, "prefixItems", "type", "items", "minItems", "maxItems");
        if (items.ValueKind != JsonValueKind.Array) throw Fault(path, $"prefixItems: expected a list, found {items.ValueKind}");
        if (!schema.TryGetProperty("items", out var others) || others.ValueKind != JsonValueKind.False) throw Fault(path, "items: expected false");
        var count = items.GetArrayLength();
        foreach (var bound in (string[])["minItems", "maxItems"])
        {
            if (schema.TryGetProperty(bound, out var said) && (!said.TryGetInt32(out var number) || number != count))
                throw Fault(path, $"{bound}: expected {count}, as many as there are prefixItems, found {said}");
        }

        text.Append('[');
        for (var i = 0; i < count; i++)
        {
            if (i > 0) text.Append(", ");
            Add(items[i], $"{path}/prefixItems/{i}", depth + 1);
        }

        text.Append(']');
    }

    private void AddObject(string path, JsonElement schema, JsonElement properties, int depth)
    {
        Check(path, schema, "properties", "type", "required", "additionalProperties");
        if (properties.ValueKind != JsonValueKind.Object) throw Fault(path, $"properties: expected an object, found {properties.ValueKind}");
        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Select(n => n.ToString()).ToHashSet(StringComparer.Ordinal)
            : [];
        text.Append('{');
        var isFirst = true;
        foreach (var property in properties.EnumerateObject())
        {
            if (!required.Contains(property.Name)) throw Fault(path, $"required: expected every property, found none of '{property.Name}'");
            text.Append(isFirst ? "" : ", ").Append(JsonSerializer.Serialize(property.Name, Writing)).Append(": ");
            Add(property.Value, $"{path}/properties/{property.Name}", depth + 1);
            isFirst = false;
        }

        text.Append('}');
    }

    private void EndText()
    {
        if (parts.Count > PartsMax) throw Fault("", $"expected at most {PartsMax} parts, found more");
        if (text.Length > 0) parts.Add(new FormPart([text.ToString()]));
        text.Clear();
    }

    private static string Json(JsonElement value) => JsonSerializer.Serialize(value, Writing);

    private static void Check(string path, JsonElement schema, params string[] known)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (!known.Contains(keyword.Name) && !Notes.Contains(keyword.Name))
                throw Fault(path, $"'{keyword.Name}' is not supported here; expected {string.Join(", ", known)}");
        }
    }

    private static RequestException Fault(string path, string what) => RequestException.Invalid($"response_format: schema at '{path}/': {what}");
}
