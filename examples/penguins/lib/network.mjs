// A neural net with one hidden layer: inputs -> tanh units -> softmax over the classes. Plain arrays, no packages.
// A layer is a list of units; a unit is its weights, one an input, and its bias last.

/** Layers with small random weights; `sizes` is {inputs, hidden, classes}. */
export function createNetwork(sizes, random) {
  const layer = (units, inputs) =>
    Array.from({ length: units }, () => {
      const weights = Array.from({ length: inputs }, () => (random() * 2 - 1) / Math.sqrt(inputs));
      return [...weights, 0];
    });
  return { hidden: layer(sizes.hidden, sizes.inputs), output: layer(sizes.classes, sizes.hidden) };
}

/** The chance of each class for one penguin's standardised measurements. */
export function predict(network, inputs) {
  return forward(network, inputs).chances;
}

/** The class with the highest chance. */
export function mostLikely(chances) {
  return chances.indexOf(Math.max(...chances));
}

/** Mean log loss and share of right answers over rows of {inputs, label}. */
export function score(network, rows) {
  let loss = 0;
  let right = 0;
  for (const { inputs, label } of rows) {
    const chances = predict(network, inputs);
    loss -= Math.log(Math.max(chances[label], 1e-15));
    if (mostLikely(chances) === label) right += 1;
  }
  return { loss: loss / rows.length, accuracy: right / rows.length };
}

/** One step of gradient descent on a batch; `step` is {lr, l2}. Changes the network's weights. */
export function learn(network, batch, step) {
  const gradient = { hidden: zeros(network.hidden), output: zeros(network.output) };
  for (const row of batch) addGradient(gradient, network, row);
  for (const name of ["hidden", "output"]) {
    descend(network[name], gradient[name], { ...step, rows: batch.length });
  }
}

function forward(network, inputs) {
  const activations = network.hidden.map((unit) => Math.tanh(weigh(unit, inputs)));
  return { activations, chances: softmax(network.output.map((unit) => weigh(unit, activations))) };
}

function weigh(unit, inputs) {
  return inputs.reduce((sum, input, i) => sum + unit[i] * input, unit.at(-1));
}

function softmax(scores) {
  const highest = Math.max(...scores);
  const powers = scores.map((value) => Math.exp(value - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** Backpropagation: with softmax and log loss, the error at an output is its chance minus what it should be. */
function addGradient(gradient, network, { inputs, label }) {
  const { activations, chances } = forward(network, inputs);
  const outputErrors = chances.map((chance, k) => chance - (k === label ? 1 : 0));
  const hiddenErrors = activations.map((activation, j) => {
    const blame = outputErrors.reduce((sum, error, k) => sum + error * network.output[k][j], 0);
    return blame * (1 - activation ** 2);
  });
  addLayer(gradient.output, outputErrors, activations);
  addLayer(gradient.hidden, hiddenErrors, inputs);
}

function addLayer(gradient, errors, inputs) {
  errors.forEach((error, unit) => {
    for (const [i, input] of inputs.entries()) gradient[unit][i] += error * input;
    gradient[unit][inputs.length] += error;
  });
}

/** Weights decay by lr * l2, biases do not. */
function descend(layer, gradient, { lr, l2, rows }) {
  layer.forEach((unit, u) => {
    for (let i = 0; i < unit.length; i += 1) {
      const decay = i < unit.length - 1 ? l2 * unit[i] : 0;
      unit[i] -= lr * (gradient[u][i] / rows + decay);
    }
  });
}

function zeros(layer) {
  return layer.map((unit) => unit.map(() => 0));
}
