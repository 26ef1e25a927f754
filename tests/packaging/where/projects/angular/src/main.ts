import { Component, afterNextRender } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
// @ts-ignore: without types.
import { explainPhoto } from '../explain-photo.js';

@Component({ selector: 'app-root', template: '<h1>gradlens</h1>' })
class App {
  constructor() {
    // This bundler leaves the package's files where they are; the build copies them.
    afterNextRender(() => explainPhoto({ workerUrl: 'gradlens/dist/worker.js' }));
  }
}

bootstrapApplication(App);
